export { default } from 'sigma';
